import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Workshop, debianPackages, freePort } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

/** Sanctum is no package of Debian: its routes, and those of Fortify, on the framework that it stands on. */
const INDEX = `<?php
error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
ini_set('display_errors', '0');
require 'Illuminate/autoload.php';
use Illuminate\\Foundation\\Bootstrap as Boot;
use Illuminate\\Http\\Request;
use Illuminate\\Support\\Facades\\{Auth, Route};
use Illuminate\\Validation\\ValidationException;

class Kernel extends Illuminate\\Foundation\\Http\\Kernel {
  protected $bootstrappers = [Boot\\LoadEnvironmentVariables::class, Boot\\LoadConfiguration::class,
    Boot\\RegisterFacades::class, Boot\\RegisterProviders::class, Boot\\BootProviders::class];
  protected $middlewareGroups = ['web' => [
    Illuminate\\Cookie\\Middleware\\EncryptCookies::class,
    Illuminate\\Cookie\\Middleware\\AddQueuedCookiesToResponse::class,
    Illuminate\\Session\\Middleware\\StartSession::class,
    Illuminate\\Foundation\\Http\\Middleware\\VerifyCsrfToken::class,
  ]];
  protected $routeMiddleware = ['auth' => Authenticated::class];
}
class Authenticated extends Illuminate\\Auth\\Middleware\\Authenticate {
  protected function redirectTo($request) { return $request->expectsJson() ? null : '/login'; }
}
class Errors extends Illuminate\\Foundation\\Exceptions\\Handler {
  public function report(Throwable $error) { error_log(get_class($error).': '.$error->getMessage()); }
}
class Routes extends Illuminate\\Support\\ServiceProvider {
  public function boot() {
    Route::middleware('web')->group(function () {
      Route::get('/sanctum/csrf-cookie', fn () => response('', 204));
      Route::post('/login', function (Request $request) {
        $credentials = $request->validate(['email' => 'required', 'password' => 'required']);
        if (!Auth::attempt($credentials)) {
          throw ValidationException::withMessages(['email' => 'These credentials do not match our records.']);
        }
        $request->session()->regenerate();
        return response()->json(['two_factor' => false]);
      });
      Route::post('/logout', function (Request $request) {
        Auth::guard('web')->logout();
        $request->session()->invalidate();
        $request->session()->regenerateToken();
        return response('', 204);
      });
      Route::middleware('auth')->group(function () {
        Route::get('/api/user', fn (Request $request) => ['id' => $request->user()->id]);
        Route::match(['get', 'post'], '/api/items', fn () => ['ok' => true]);
      });
    });
  }
}
$app = new Illuminate\\Foundation\\Application(__DIR__);
$app->singleton(Illuminate\\Contracts\\Http\\Kernel::class, Kernel::class);
$app->singleton(Illuminate\\Contracts\\Debug\\ExceptionHandler::class, Errors::class);
$kernel = $app->make(Illuminate\\Contracts\\Http\\Kernel::class);
$response = $kernel->handle($request = Request::capture());
$response->send();
$kernel->terminate($request, $response);
`

const PROVIDERS = [
  'Auth\\AuthServiceProvider',
  'Cookie\\CookieServiceProvider',
  'Cache\\CacheServiceProvider',
]
  .concat('Database\\DatabaseServiceProvider', 'Encryption\\EncryptionServiceProvider')
  .concat('Filesystem\\FilesystemServiceProvider', 'Foundation\\Providers\\FoundationServiceProvider')
  .concat(
    'Hashing\\HashServiceProvider',
    'Pipeline\\PipelineServiceProvider',
    'Session\\SessionServiceProvider',
  )
  .concat('Translation\\TranslationServiceProvider', 'Validation\\ValidationServiceProvider')
  .concat('View\\ViewServiceProvider')

const configs = (folder: string): Record<string, string> => ({
  app: `['name' => 'app', 'env' => 'production', 'debug' => false, 'timezone' => 'UTC', 'locale' => 'en',
    'fallback_locale' => 'en', 'key' => 'base64:'.base64_encode(str_repeat('k', 32)), 'cipher' => 'AES-256-CBC',
    'providers' => [${PROVIDERS.map((name) => `Illuminate\\${name}::class`).join(', ')}, Routes::class], 'aliases' => []]`,
  auth: `['defaults' => ['guard' => 'web'], 'guards' => ['web' => ['driver' => 'session', 'provider' => 'users']],
    'providers' => ['users' => ['driver' => 'database', 'table' => 'users']]]`,
  cache: `['default' => 'array', 'stores' => ['array' => ['driver' => 'array']], 'prefix' => 'app']`,
  database: `['default' => 'sqlite', 'connections' => ['sqlite' => ['driver' => 'sqlite',
    'database' => '${join(folder, 'db.sqlite')}', 'prefix' => '']]]`,
  filesystems: `['default' => 'local', 'disks' => ['local' => ['driver' => 'local', 'root' => '${folder}/storage']]]`,
  hashing: `['driver' => 'bcrypt', 'bcrypt' => ['rounds' => 4]]`,
  session: `['driver' => 'file', 'lifetime' => 10, 'expire_on_close' => false, 'encrypt' => false,
    'files' => '${folder}/storage/framework/sessions', 'lottery' => [0, 100], 'cookie' => 'laravel_session', 'path' => '/',
    'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax']`,
  view: `['paths' => ['${folder}/views'], 'compiled' => '${folder}/storage/framework/views']`,
})

const CREATE_USER = `
$db = new PDO('sqlite:db.sqlite');
$db->exec('create table users (id integer primary key, email text, password text, remember_token text)');
$db->prepare('insert into users (email, password) values (?, ?)')
  ->execute(['ann@x.test', password_hash('${PASSWORD}', PASSWORD_BCRYPT, ['cost' => 4])]);
`

async function start(workshop: Workshop): Promise<RunningServer> {
  debianPackages('php-laravel-framework', 'php-cli', 'php-sqlite3')
  const { folder } = workshop
  workshop.write('index.php', INDEX)
  for (const [name, config] of Object.entries(configs(folder))) {
    workshop.write(`config/${name}.php`, `<?php return ${config};`)
  }
  for (const name of ['sessions', 'views', 'cache']) workshop.write(`storage/framework/${name}/.keep`, '')
  workshop.write('bootstrap/cache/.keep', '')
  workshop.write('views/.keep', '')
  workshop.run('php', ['-r', CREATE_USER])
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const serve = ['-S', `127.0.0.1:${port}`, 'index.php']
  await workshop.start(`${origin}/sanctum/csrf-cookie`, 'php', serve, { PHP_CLI_SERVER_WORKERS: '4' })
  const sessions = join(folder, 'storage/framework/sessions')
  return {
    version: `${workshop.run('php', ['-r', "require 'Illuminate/autoload.php'; echo Illuminate\\Foundation\\Application::VERSION;"])}`,
    origin,
    revoke: async () => readdirSync(sessions).forEach((name) => rmSync(join(sessions, name))),
  }
}

/** Laravel with Sanctum's flow for single-page apps. */
export const laravelSanctum: RealServer = {
  name: "Laravel, Sanctum's flow",
  setupName: 'sanctum',
  credentials: { email: 'ann@x.test', password: PASSWORD },
  wrong: { email: 'ann@x.test', password: 'wrong' },
  items: '/api/items',
  lifetime: 0,
  start,
}
