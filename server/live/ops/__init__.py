"""HTTP for operators: health, metrics, the proxy to the desk."""
