"""The doors of casework, a room each, put together."""

from ninja import Router

from chengmai.casework.cases.api import router as case_router

router = Router()
router.add_router("", case_router)
