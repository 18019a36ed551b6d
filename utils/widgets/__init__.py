"""What a reader touches: `explore` (sliders over a figure), `predict` (a guess before a result),
`progress`, `show`, `say`.
"""

from utils.widgets.explore import explore
from utils.widgets.predict import predict
from utils.widgets.progress import progress
from utils.widgets.say import say
from utils.widgets.show import show

__all__ = ["explore", "predict", "progress", "say", "show"]
