"""What windows and the command line may ask of the engine: one file a subject, one function a command."""
