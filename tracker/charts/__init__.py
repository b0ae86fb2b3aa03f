"""Charts described once: what they tell (spec), where it stands (layout), and two drawers (svg, pdf)."""
