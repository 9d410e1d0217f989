"""Every address of the installation; each capability owns its own."""

from django.urls import include, path

from huiyin.web.registers import models as registers

handler400 = "huiyin.web.errors.bad_request"
handler403 = "huiyin.web.errors.forbidden"
handler404 = "huiyin.web.errors.not_found"
handler500 = "huiyin.web.errors.server_error"

urlpatterns = [
    path("", include("huiyin.gateway.urls")),  # asked most: what stands above it is tried each time
    path("", include("huiyin.web.urls")),
    path("", include("huiyin.people.urls")),
    path("", include("huiyin.notices.urls")),
    path("", include("huiyin.matters.urls")),
    path("ui/", include("huiyin.ui.urls")),
    path("admin/", registers.registers.urls),
    path("", include("huiyin.ops.urls")),
]
