"""Damages small images of every kind in many ways and reads them: an image or one sentence.

    python tools/fuzz_images.py --count 5000 --seed 0

Every mutant is read in another process with a limit of memory and time, so that a
decoder's crash is seen and counted. Exits with 1 if there are defects: exceptions other than
`NegcolorError`, messages that are not one line with the file's name, anything printed, crashes,
mutants that take more than `SECONDS` or `PEAK` bytes. `--keep FOLDER` stores those mutants.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import struct
import sys
import tempfile
import zlib
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from image_samples import samples

from negcolor.errors import NegcolorError
from negcolor.images.io import read_scan

SECONDS = 20
PEAK = 2 * 2**30
ADDRESS_SPACE = 8 * 2**30
NUMBERS = (0, 1, 2, 3, 7, 8, 16, 255, 256, 4096, 20_000, 65535, 2**16, 2**24, 2**31 - 1, 2**32 - 1)
TAGS = (254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 284, 296, 306, 317, 320)
TAGS += (322, 323, 324, 325, 330, 338, 339, 347, 530, 34665, 34675, 34853, 33421, 33422, 50706)
TAGS += (50717, 50721, 50728)
COMPRESSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 32766, 32771, 32773, 32809, 32946, 33003, 33005)
COMPRESSIONS += (34676, 34677, 34712, 34887, 34892, 34925, 34933, 34934, 50000, 50001, 50002, 52546)


# Damage ----------------------------------------------------------------------------------------


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """One to four kinds of damage; the checksums of PNGs are often repaired afterwards."""
    damaged = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        if damaged:
            rng.choice(DAMAGE)(damaged, rng)
    if rng.random() < 0.7:
        repair_png_checksums(damaged)
    return bytes(damaged)


def place(data: bytearray, rng: np.random.Generator) -> int:
    """Half of the damage hits the header, where the decisions are."""
    return int(rng.integers(len(data) if rng.random() < 0.5 else min(len(data), 400)))


def flip_bits(data: bytearray, rng: np.random.Generator) -> None:
    for _ in range(rng.integers(1, 9)):
        data[place(data, rng)] ^= 1 << rng.integers(8)


def truncate(data: bytearray, rng: np.random.Generator) -> None:
    del data[rng.integers(len(data)) :]


def blank(data: bytearray, rng: np.random.Generator) -> None:
    start = place(data, rng)
    end = min(len(data), start + int(rng.integers(1, 200)))
    data[start:end] = bytes([rng.choice((0, 255))]) * (end - start)


def put_number(data: bytearray, rng: np.random.Generator) -> None:
    start = place(data, rng)
    number = struct.pack(rng.choice(["<I", ">I"]), int(rng.choice(NUMBERS)))
    data[start : start + 4] = number[: len(data) - start]


def put_tag(data: bytearray, rng: np.random.Generator) -> None:
    """Changes type, count or value of an entry of a TIFF directory, if it is found."""
    tag = int(rng.choice(TAGS))
    order = "<" if data[:1] == b"I" else ">"
    start = data.find(struct.pack(order + "H", tag), 8)
    if not 0 < start <= len(data) - 12:
        return put_number(data, rng)
    choice = rng.random()
    if choice < 0.1:
        struct.pack_into(order + "H", data, start + 2, int(rng.integers(0, 20)))
    elif choice < 0.2:
        struct.pack_into(order + "I", data, start + 4, int(rng.choice(NUMBERS)))
    else:
        number = int(rng.choice(COMPRESSIONS if tag == 259 else NUMBERS))
        struct.pack_into(order + "I", data, start + 8, number)


def put_size(data: bytearray, rng: np.random.Generator) -> None:
    """Claims another width and height where PNG and JPEG store them."""
    width, height = (int(number) % 2**31 for number in rng.choice(NUMBERS, 2))
    if data.startswith(b"\x89PNG") and len(data) > 24:
        struct.pack_into(">II", data, 16, width, height)
    for marker in (b"\xff\xc0", b"\xff\xc2"):
        if 0 < (start := data.find(marker)) < len(data) - 9:
            struct.pack_into(">HH", data, start + 5, height % 65536, width % 65536)


def repeat(data: bytearray, rng: np.random.Generator) -> None:
    start = place(data, rng)
    copied = data[start : start + int(rng.integers(1, 300))]
    data[start:start] = copied * int(rng.integers(1, 4))


def insert(data: bytearray, rng: np.random.Generator) -> None:
    start = place(data, rng)
    data[start:start] = rng.bytes(int(rng.integers(1, 50)))


def remove(data: bytearray, rng: np.random.Generator) -> None:
    start = place(data, rng)
    del data[start : start + int(rng.integers(1, 50))]


def empty(data: bytearray, rng: np.random.Generator) -> None:
    if rng.random() < 0.05:
        data.clear()


DAMAGE = np.array(
    [flip_bits, truncate, blank, put_number, put_tag, put_size, repeat, insert, remove, empty]
)


def repair_png_checksums(data: bytearray) -> None:
    """As far as the chunks still follow each other: behind the checksums lie the decoders."""
    position = 8
    while data.startswith(b"\x89PNG") and position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 8 + length
        if end + 4 > len(data):
            return
        struct.pack_into(">I", data, end, zlib.crc32(data[position + 4 : end]))
        position = end + 4


def mutant(files: dict[str, bytes], seed: int, index: int) -> tuple[str, bytes]:
    """The file name and the content of mutant `index`."""
    name = list(files)[index % len(files)]
    return name, mutate(files[name], np.random.default_rng((seed, index)))


# Reading ---------------------------------------------------------------------------------------


def outcome(path: Path) -> str:
    """ "image" or "reason" for what is right, anything else for a defect."""
    try:
        scan = read_scan(path)
    except NegcolorError as error:
        text = str(error)
        good = "\n" not in text and text.startswith(str(path)) and text.endswith(".")
        return "reason" if good else f"message {text!r}"
    except Exception as error:
        return f"{type(error).__name__} {error}"
    height, width, channels = scan.pixels.shape
    good = height * width > 0 and channels == 3 and scan.pixels.dtype in (np.uint8, np.uint16)
    return "picture" if good else f"array {scan.pixels.shape} {scan.pixels.dtype}"


def read_mutants(connection: Connection, seed: int, start: int, count: int) -> None:
    """Sends the number of each mutant before it is read, and its outcome after it."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    files = samples()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as printed:
        for descriptor in (1, 2):
            os.dup2(printed.fileno(), descriptor)
        for index in range(start, count):
            name, data = mutant(files, seed, index)
            path = Path(folder) / name
            path.write_bytes(data)
            connection.send(index)
            text = outcome(path)
            if os.fstat(printed.fileno()).st_size:
                printed.seek(0)
                text = f"printed {printed.read(200)!r}"
                printed.seek(0)
                printed.truncate()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            connection.send(f"{peak / 2**30:.1f} GiB" if peak > PEAK else text)
            if peak > PEAK:
                return  # the peak of this process would be counted again


def fuzz(seed: int, count: int) -> list[str]:
    """Reads the mutants 0 … count - 1 and lists their outcomes."""
    context = multiprocessing.get_context("spawn")
    outcomes: list[str] = []
    while len(outcomes) < count:
        ours, theirs = context.Pipe()
        process = context.Process(target=read_mutants, args=(theirs, seed, len(outcomes), count))
        process.start()
        theirs.close()
        begun = False
        try:
            while len(outcomes) < count:
                if not ours.poll(SECONDS if begun else 120):
                    outcomes.append("timeout")
                    process.kill()
                    break
                message = ours.recv()
                begun = isinstance(message, int)
                if not begun:
                    outcomes.append(message)
        except EOFError:
            process.join()
            if begun:
                outcomes.append(f"crash, exit code {process.exitcode}")
            elif process.exitcode:
                raise RuntimeError("the reading process does not start") from None
        process.join()
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=2000, help="mutants to read")
    parser.add_argument("--seed", type=int, default=0, help="of the damage")
    parser.add_argument("--keep", type=Path, help="folder to store mutants with defects in")
    arguments = parser.parse_args()
    files = samples()
    outcomes = fuzz(arguments.seed, arguments.count)
    kinds = Counter(text if text in ("picture", "reason") else "DEFECT" for text in outcomes)
    print(f"{len(files)} kinds, {len(outcomes)} mutants: {dict(kinds)}")
    for index, text in enumerate(outcomes):
        if text in ("picture", "reason"):
            continue
        name, data = mutant(files, arguments.seed, index)
        print(f"DEFECT {index} {name}: {text}")
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            (arguments.keep / f"{arguments.seed}-{index}-{name}").write_bytes(data)
    sys.exit(1 if kinds["DEFECT"] else 0)


if __name__ == "__main__":
    main()
