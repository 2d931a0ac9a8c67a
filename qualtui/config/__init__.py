"""Configuration: TOML parsed once into frozen values. Errors name file, key, what was found and expected."""
