"""Changes to running outbound campaigns: checked before, verified after, recorded always."""
