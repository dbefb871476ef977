import { beforeEach, expect, test, vi } from 'vitest'
import { PlaygroundVisit, forgetEverything } from '../../support/playground-visit.ts'

beforeEach(forgetEverything)

// A machine with other things to do takes its time for six hundred requests.
vi.setConfig({ testTimeout: 60_000 })

/** What a lane says it has sent, each time it says something else. */
async function countsShown(visit: PlaygroundVisit): Promise<string[]> {
  await visit.evaluate(`{
    const number = document.querySelector('[aria-labelledby=lane-library] .counters dd')
    window.shown = [number.textContent]
    const look = () => number.textContent === shown.at(-1) || shown.push(number.textContent)
    new MutationObserver(look).observe(number, { subtree: true, characterData: true, childList: true })
  }`)
  await visit.compare()
  return (await visit.evaluate('shown')) as string[]
}

/** Signs in, which brings a token, and tells what moves then. */
async function animationsOfSignIn(visit: PlaygroundVisit): Promise<unknown> {
  await visit.evaluate(`{
    window.moved = new Set()
    const note = ({ animationName }) => moved.add(animationName)
    document.addEventListener('animationstart', note)
  }`)
  await visit.signIn()
  await visit.sees('Harbour')
  // Two frames later whatever begins has begun.
  await visit.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  return visit.evaluate('[...moved]')
}

test('a visitor who wants nothing to move sees numbers when they are final, and no animation', async () => {
  const visit = await PlaygroundVisit.begin('/')
  await visit.preferMotion('reduce')
  expect(await countsShown(visit)).toEqual(['0', '201'])

  await visit.act({ do: 'go', path: '/dashboard' })
  expect(await animationsOfSignIn(visit)).toEqual([])
})
