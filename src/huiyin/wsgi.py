"""The WSGI entry for granian: Django behind its waiting room."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 Django is ready only now

from huiyin.ops import connections  # noqa: E402 as above
from huiyin.ops.admission import Admission  # noqa: E402 as above

connections.trust()
application = Admission(django_application, waiting=settings.HUIYIN.most_waiting)
