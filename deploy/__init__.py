"""How Homeward travels: the bundle for desktop hosts, the image, units for servers at home."""
