"""Image files, color spaces and sizes of images."""
