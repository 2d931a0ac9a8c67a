"""Pure: the catalogue of series, derived and literal series, seasonality, evidence."""
