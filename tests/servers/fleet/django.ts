import { PYTHON, type Workshop, debianPackages, freePort } from '../machine.ts'
import { PASSWORD, type RealServer, type RunningServer } from './real-server.ts'

const settings = (jwt: boolean) => `
from datetime import timedelta
SECRET_KEY = 'x' * 50
ALLOWED_HOSTS = ['127.0.0.1']
ROOT_URLCONF = 'urls'
USE_TZ = True
INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions',
    'rest_framework', 'rest_framework_simplejwt', 'rest_framework_simplejwt.token_blacklist']
MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware', 'django.contrib.auth.middleware.AuthenticationMiddleware']
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3', 'OPTIONS': {'timeout': 20}}}
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
REST_FRAMEWORK = {
    'DEFAULT_AUTHENTICATION_CLASSES': ['${
      jwt
        ? 'rest_framework_simplejwt.authentication.JWTAuthentication'
        : 'rest_framework.authentication.SessionAuthentication'
    }'],
    'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated'],
}
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(seconds=6), 'REFRESH_TOKEN_LIFETIME': timedelta(minutes=10),
    'ROTATE_REFRESH_TOKENS': True, 'BLACKLIST_AFTER_ROTATION': True}
`

const URLS = `
import json
from django.contrib.auth import authenticate, login, logout
from django.contrib.sessions.models import Session
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView, TokenRefreshView

@api_view(['GET'])
def me(request):
    return Response({'id': request.user.id, 'username': request.user.username})

@api_view(['GET', 'POST'])
def items(request):
    return Response({'ok': True})

@ensure_csrf_cookie
def csrf(request):
    return JsonResponse({})

def log_in(request):
    user = authenticate(request, **json.loads(request.body))
    if not user:
        return JsonResponse({'detail': 'No active account found with the given credentials'}, status=400)
    login(request, user)
    return JsonResponse({})

def log_out(request):
    logout(request)
    return JsonResponse({})

# A rotated token is not among the outstanding ones.
issued = []

def kept(view):
    def call(request):
        response = view(request)
        issued.append(getattr(response, 'data', {}).get('refresh'))
        return response
    return csrf_exempt(call)

@csrf_exempt
def revoke(request):
    for token in filter(None, issued):
        try:
            RefreshToken(token).blacklist()
        except TokenError:
            pass  # spent already
    issued.clear()
    Session.objects.all().delete()
    return JsonResponse({})

urlpatterns = [
    path('api/token/', kept(TokenObtainPairView.as_view())),
    path('api/token/refresh/', kept(TokenRefreshView.as_view())),
    path('api/token/blacklist/', TokenBlacklistView.as_view()),
    path('api/csrf/', csrf), path('api/login/', log_in), path('api/logout/', log_out),
    path('api/me/', me), path('api/items/', items), path('control/revoke', revoke),
]
`

const CREATE_USER = `
import django
django.setup()
from django.contrib.auth.models import User
User.objects.create_user('ann', password='${PASSWORD}')
`

const version = (name: string) =>
  `from importlib.metadata import version; print(version('${name}'), '(Django ' + version('Django') + ')')`

const PACKAGES = ['python3-django', 'python3-djangorestframework', 'python3-djangorestframework-simplejwt']

async function start(workshop: Workshop, jwt: boolean): Promise<RunningServer> {
  debianPackages(...PACKAGES)
  const port = await freePort()
  workshop.write('settings.py', settings(jwt))
  workshop.write('urls.py', URLS)
  const env = {
    DJANGO_SETTINGS_MODULE: 'settings',
    PYTHONPATH: workshop.folder,
    PYTHONDONTWRITEBYTECODE: '1',
  }
  workshop.run(PYTHON, ['-m', 'django', 'migrate', '--verbosity', '0'], env)
  workshop.run(PYTHON, ['-c', CREATE_USER], env)
  const origin = `http://127.0.0.1:${port}`
  const serve = ['-m', 'django', 'runserver', '--noreload', `127.0.0.1:${port}`]
  await workshop.start(`${origin}/api/me/`, PYTHON, serve, env)
  return {
    version: workshop
      .run(PYTHON, ['-c', version(jwt ? 'djangorestframework-simplejwt' : 'djangorestframework')])
      .trim(),
    origin,
    revoke: () => fetch(`${origin}/control/revoke`, { method: 'POST' }),
  }
}

const people = {
  credentials: { username: 'ann', password: PASSWORD },
  wrong: { username: 'ann', password: 'wrong' },
  items: '/api/items/',
}

/** Django REST framework with JWTs of SimpleJWT, rotated and blacklisted. */
export const djangoSimpleJwt: RealServer = {
  ...people,
  name: 'Django SimpleJWT',
  setupName: 'simpleJwt',
  refresh: { method: 'POST', path: '/api/token/refresh/' },
  lifetime: 6000,
  start: (workshop) => start(workshop, true),
}

/** Django REST framework with Django's own sessions. */
export const djangoRestSessions: RealServer = {
  ...people,
  name: 'Django REST sessions',
  setupName: 'djangoSessions',
  lifetime: 0,
  start: (workshop) => start(workshop, false),
}
