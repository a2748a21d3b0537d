"""Addresses of Open311: discovery, and two endpoints, one that files and one to try out against."""

from django.urls import URLPattern, re_path

from chengmai.connectors.open311 import views

_FORM = r"(?:\.(?P<form>[A-Za-z]{1,8}))?"
_CODE = r"(?P<code>[A-Za-z0-9-]{1,64})"


def patterns() -> list[URLPattern]:
    """Every address."""
    found = [re_path(rf"^open311/(?:v2/)?discovery{_FORM}$", views.discovery)]
    for root, kind in views.ROOTS.items():
        test = {"test": kind == "test"}
        found += [
            re_path(rf"^{root}/services{_FORM}$", views.service_list, test),
            re_path(rf"^{root}/services/{_CODE}{_FORM}$", views.service_definition, test),
            re_path(rf"^{root}/requests{_FORM}$", views.all_requests, test),
            re_path(rf"^{root}/requests/{_CODE}{_FORM}$", views.one_request, test),
            re_path(rf"^{root}/tokens/{_CODE}{_FORM}$", views.token, test),
        ]
    return [*found, re_path(rf"^open311/[^.]*{_FORM}$", views.nothing)]
