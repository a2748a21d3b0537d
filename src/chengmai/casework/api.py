"""The doors of casework, room by room."""

from ninja import Router

from chengmai.casework.cases import api as cases_api
from chengmai.casework.citizens import api as citizens_api
from chengmai.casework.classes import api as classes_api
from chengmai.casework.evaluation import api as evaluation_api
from chengmai.casework.grid import api as grid_api
from chengmai.casework.hotline import api as hotline_api
from chengmai.casework.patrol import api as patrol_api

router = Router()
router.add_router("", cases_api.router)
router.add_router("", classes_api.router)
router.add_router("", grid_api.router)
router.add_router("", evaluation_api.router)
router.add_router("", citizens_api.router)
router.add_router("", hotline_api.router)
router.add_router("", patrol_api.router)
