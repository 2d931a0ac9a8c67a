"""Tests of qualtui.guard."""
