"""LibRaw in a process of its own, which `raw.develop` starts: it may crash or print on bad files.

    python -P libraw.py FILE

writes to standard output the size as two 8-byte integers (width and height, little-endian) as soon
as it is known, and after the work height, width, channels and the pixels (uint16, linear). It
imports nothing of negcolor. Exits with `UNSUPPORTED` if LibRaw does not know the file.
"""

import struct
import sys

UNSUPPORTED = 3


def main() -> None:
    """Develops the file that the command line names."""
    import rawpy

    try:
        with rawpy.imread(sys.argv[1]) as raw:
            sizes = raw.sizes
            width, height = max(sizes.raw_width, sizes.iwidth), max(sizes.raw_height, sizes.iheight)
            sys.stdout.buffer.write(struct.pack("<2q", width, height))
            sys.stdout.buffer.flush()
            pixels = raw.postprocess(
                use_camera_wb=True,
                no_auto_bright=True,
                adjust_maximum_thr=0.0,  # the white level stays the camera's
                gamma=(1, 1),
                output_bps=16,
                output_color=rawpy.ColorSpace.sRGB,
            )
    except rawpy.LibRawFileUnsupportedError:
        sys.exit(UNSUPPORTED)
    except rawpy.LibRawError as error:  # its texts are bytes
        sys.exit(b" ".join(error.args).decode(errors="replace"))
    sys.stdout.buffer.write(struct.pack("<3q", *pixels.shape))
    sys.stdout.buffer.write(pixels.data.cast("B"))


if __name__ == "__main__":
    main()
