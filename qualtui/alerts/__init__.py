"""Pure: rules, incidents, routing. Values in, values out."""
