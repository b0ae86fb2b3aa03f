"""Pure helpers. Nothing here imports another package of the tracker."""
