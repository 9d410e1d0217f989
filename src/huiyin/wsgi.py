"""The WSGI entry for granian."""

import os

from django.core.wsgi import get_wsgi_application

from huiyin.ops import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
application = get_wsgi_application()
connections.trust()
