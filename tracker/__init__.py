"""The adoption tracker: a self-hosted register of policy adoption."""
