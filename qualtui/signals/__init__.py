"""Pure: samples to derived series, evidence and the chain. No clock, no IO."""
