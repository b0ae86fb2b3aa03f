"""Check boxes, of which any number may be ticked."""

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget


class Boxes(SelectMultipleField):
    """Shown as a list of boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
