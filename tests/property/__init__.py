"""Property tests are not timed: the first call that opens an exchange calendar is slower than all others."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
