"""Metadata survive reading and writing, as Pillow and tifffile see it."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from negcolor.images.exif import read_tags
from negcolor.images.io import read_scan, write
from negcolor.images.metadata import Metadata

PHOTO, GPS = ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo
COPYRIGHT = "© 1974 Jürgen Müller".encode()


def camera_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[271], exif[272], exif[305] = "Nikon", "Coolscan 9000", "a scanning program"
    exif[306], exif[315], exif[270] = "2024:05:06 07:08:09", "Somebody", "Box 7, roll 3"
    exif[274], exif[282], exif[283], exif[296] = orientation, 4000.0, 2000.0, 2
    photo = exif.get_ifd(PHOTO)
    photo[33434], photo[33437], photo[34855] = IFDRational(1, 125), IFDRational(28, 10), 400
    photo[36867], photo[42036] = "1974:08:01 12:00:00", "Planar 80 mm"
    photo[37500], photo[40962], photo[40963], photo[40961] = b"maker's notes", 34, 21, 65535
    gps = exif.get_ifd(GPS)
    gps[1], gps[2], gps[3], gps[4] = "N", (52.0, 31.0, 12.5), "E", (13.0, 24.0, 18.0)
    return exif


def with_copyright(block: bytes) -> bytes:
    """Pillow writes ASCII alone: puts a copyright in UTF-8 where the artist was."""
    return block.replace(b"Somebody".ljust(9, b"\0"), b"\xc2\xa9 J\xc3\xbcrg".ljust(9, b"\0"))


def loaded(metadata: Metadata) -> Image.Exif:
    exif = Image.Exif()
    exif.load(metadata.exif)
    return exif


def expect_camera(exif: Image.Exif) -> None:
    assert (exif[271], exif[272]) == ("Nikon", "Coolscan 9000")
    assert (exif[306], exif[270]) == ("2024:05:06 07:08:09", "Box 7, roll 3")
    photo = exif.get_ifd(PHOTO)
    assert (photo[33434], photo[33437], photo[34855]) == (1 / 125, 2.8, 400)
    assert (photo[36867], photo[42036]) == ("1974:08:01 12:00:00", "Planar 80 mm")
    assert photo[40961] == 1  # sRGB
    assert photo[36864] == b"0232"
    assert not {37500, 40962, 40963} & set(photo)
    gps = exif.get_ifd(GPS)
    assert (gps[1], gps[2], gps[4]) == ("N", (52.0, 31.0, 12.5), (13.0, 24.0, 18.0))


@pytest.fixture(scope="module")
def scan(tmp_path_factory, smooth) -> Metadata:
    path = tmp_path_factory.mktemp("scan") / "a.jpg"
    block = with_copyright(camera_exif(orientation=6).tobytes())
    Image.fromarray(smooth).save(path, exif=block)
    return read_scan(path).metadata


def test_what_is_read(scan):
    exif = loaded(scan)
    expect_camera(exif)
    assert exif[274] == 1
    assert not {282, 283, 296, 305} & set(exif)
    assert scan.exif[:2] == b"II"
    assert scan.resolution == (2000.0, 4000.0)  # the image was turned
    assert read_tags(io.BytesIO(scan.exif)).image[315].data == b"\xc2\xa9 J\xc3\xbcrg\0"


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_every_format_keeps_it(tmp_path, rgb8, scan, suffix):
    path = tmp_path / f"a{suffix}"
    write(path, rgb8, metadata=scan)
    with Image.open(path) as image:
        expect_camera(image.getexif())
        assert image.getexif().get(274, 1) == 1
        assert image.info["dpi"] == pytest.approx((2000, 4000), abs=0.02)
    pixels, again = read_scan(path)
    assert pixels.shape == rgb8.shape
    assert again == scan
    if suffix != ".jpg":
        np.testing.assert_array_equal(pixels, rgb8)


def test_a_16_bit_tiff_read_by_tifffile(tmp_path, rgb16, scan):
    write(tmp_path / "a.tif", rgb16, metadata=scan)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        tags = file.pages.first.tags
        np.testing.assert_array_equal(file.asarray(), rgb16)
        assert tags["Make"].value == "Nikon"
        assert tags["Software"].value == "negcolor"
        assert tags["ExifTag"].value["FNumber"] == (14, 5)
        assert tags["ExifTag"].value["LensModel"] == "Planar 80 mm"
        assert tags["GPSTag"].value["GPSLatitudeRef"] == "N"
        assert (tags["XResolution"].value, tags["YResolution"].value) == ((2000, 1), (4000, 1))
        assert tags["ResolutionUnit"].value == 2
        assert "Orientation" not in tags
        assert len(file.pages) == 1
        assert file.byteorder == "<"
        codes = [tag.code for tag in tags]
        assert codes == sorted(set(codes))


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_tiffs_of_either_byte_order_and_size(tmp_path, rgb16, byteorder, bigtiff):
    tags = [
        (271, "s", 0, "Epson", True),
        (33432, 2, len(COPYRIGHT) + 1, COPYRIGHT + b"\0", True),
        (274, "H", 1, 8, True),
        (34664, "I", 1, 0, True),  # tifffile does not write 34665
    ]
    path = tmp_path / "a.tif"
    options = {"resolution": (1000, 500), "resolutionunit": "CENTIMETER", "extratags": tags}
    tifffile.imwrite(
        path, rgb16, photometric="rgb", byteorder=byteorder, bigtiff=bigtiff, **options
    )
    with tifffile.TiffFile(path, mode="r+") as file:  # a directory with one exposure time
        end = file.filehandle.seek(0, 2)
        value = (1, 60) if bigtiff else (end + 14, 1, 60)  # 8 bytes fit into a large entry
        layout = byteorder + ("QHHQII" if bigtiff else "HHHIIII")
        file.filehandle.write(struct.pack(layout, 1, 33434, 5, 1, *value))
        file.pages.first.tags[34664].overwrite(end)
        file.filehandle.seek(file.pages.first.tags[34664].offset)
        file.filehandle.write(struct.pack(byteorder + "H", 34665))
    pixels, metadata = read_scan(path)
    assert pixels.shape == (rgb16.shape[1], rgb16.shape[0], 3)
    assert metadata.resolution == pytest.approx((1270, 2540))
    exif = loaded(metadata)
    assert exif[271] == "Epson"
    assert exif.get_ifd(PHOTO)[33434] == 1 / 60
    assert 270 not in exif  # tifffile's description of the shape
    assert COPYRIGHT + b"\0" in metadata.exif
    for suffix in (".tif", ".png"):
        write(tmp_path / f"b{suffix}", pixels, metadata=metadata)
        assert read_scan(tmp_path / f"b{suffix}").metadata.exif == metadata.exif


def test_resolution_without_exif(tmp_path, rgb8):
    image = Image.fromarray(rgb8)
    for suffix in (".png", ".jpg", ".tif"):
        image.save(tmp_path / f"a{suffix}", dpi=(300, 600))
        assert read_scan(tmp_path / f"a{suffix}").metadata == Metadata(None, (300.0, 600.0))
        image.save(tmp_path / f"b{suffix}")
        assert read_scan(tmp_path / f"b{suffix}").metadata == Metadata(None, None)
        write(tmp_path / f"c{suffix}", rgb8)
        assert read_scan(tmp_path / f"c{suffix}").metadata == Metadata(None, None)


def test_thumbnails_and_long_values_are_dropped(tmp_path, rgb8, scan):
    thumbnail = io.BytesIO()
    Image.fromarray(rgb8).resize((8, 8)).save(thumbnail, "JPEG")
    exif = camera_exif()
    exif.get_ifd(PHOTO)[37510] = b"ASCII\0\0\0" + bytes(58_000)
    block = exif.tobytes()
    assert loaded(Metadata(scan.exif)).get_ifd(ExifTags.IFD.IFD1) == {}
    Image.fromarray(rgb8).save(tmp_path / "a.png", exif=block)
    metadata = read_scan(tmp_path / "a.png").metadata
    expect_camera(loaded(metadata))
    write(tmp_path / "a.jpg", rgb8, metadata=metadata)
    assert read_scan(tmp_path / "a.jpg").metadata.exif == metadata.exif
    tags = [(code, 7, 50_000, bytes(50_000), True) for code in range(40091, 40096)]
    tifffile.imwrite(tmp_path / "a.tif", rgb8, photometric="rgb", extratags=tags)
    assert len(read_scan(tmp_path / "a.tif").metadata.exif) < 65_000


@pytest.mark.parametrize("seed", range(8))
def test_damaged_exif_never_fails_an_image(tmp_path, rgb8, seed):
    rng = np.random.default_rng(seed)
    for _ in range(25):
        block = bytearray(camera_exif().tobytes())
        for place in rng.integers(6, len(block), rng.integers(1, 30)):
            block[place] = rng.integers(256)
        Image.fromarray(rgb8).save(tmp_path / "a.png", exif=bytes(block))
        pixels, metadata = read_scan(tmp_path / "a.png")
        assert pixels.size == rgb8.size
        for suffix in (".tif", ".jpg", ".png"):
            write(tmp_path / f"b{suffix}", rgb8, metadata=metadata, overwrite=True)
            assert read_scan(tmp_path / f"b{suffix}").pixels.shape == rgb8.shape
            with Image.open(tmp_path / f"b{suffix}") as image:
                image.getexif()
