"""Finding whole bodies and vehicles by what sets them off from what was there before them."""

from unseen.find.bodies.fixed_camera import FixedCameraBodies

__all__ = ["FixedCameraBodies"]
