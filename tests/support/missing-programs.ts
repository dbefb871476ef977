import { spawnSync } from 'node:child_process'
import { onPath } from './programs.ts'
import { ENGINES } from './real-tabs/engines/engines.ts'

/** A program that some tests need, and are skipped without. */
interface Program {
  name: string
  /** What one has to install to have it, by its names at Debian. */
  packages: string
  isInstalled(): boolean
}

/** The system's own Python: what Debian installs is for no other one. */
const PYTHON = '/usr/bin/python3'

const PROGRAMS: Program[] = [
  ...ENGINES,
  {
    name: 'Redis',
    packages: 'redis-server',
    isInstalled: () => onPath(['redis-server', 'valkey-server']).length > 0,
  },
  {
    name: 'Python with Django REST framework and SimpleJWT',
    packages: 'python3-django python3-djangorestframework python3-djangorestframework-simplejwt',
    isInstalled: () =>
      spawnSync(PYTHON, ['-c', 'import rest_framework_simplejwt'], { stdio: 'ignore' }).status === 0,
  },
]

/** Names what this machine lacks, each with what to install; nothing where it has everything. */
export function missingPrograms(): string[] {
  return PROGRAMS.filter((program) => !program.isInstalled()).map(
    ({ name, packages }) => `${name} (${packages})`,
  )
}
