"""Which files of a box are scans, where their results go, and sizes of memory as text."""

import os
import unicodedata
from pathlib import Path

import pytest

from negcolor.errors import NegcolorError
from negcolor.inference.jobs import Job, parse_memory, plan_batch, unfinished


@pytest.fixture
def box(tmp_path, monkeypatch):
    """A tree of empty files, in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "box/a.tif",
        "box/notes.txt",
        "box/.hidden.tif",
        "box/.trash/old.tif",
        "box/roll 1/b.png",
        "box/roll 1/best/Grüße 猫.JPG",
        "box/roll 2/b.png",
        "box/roll 2/raw.DNG",
        "box/roll[1]/c.tif",
    ):
        touch(name)
    return Path("box")


def touch(*names):
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def plan(*inputs, output="out", **options):
    """Scan -> output of each job, the latter below the output folder."""
    jobs = plan_batch([Path(name) for name in inputs], Path(output), **options)
    assert len({job.scan for job in jobs}) == len(jobs)
    return {str(job.scan): str(job.output.relative_to(output)) for job in jobs}


WHOLE_TREE = {
    "box/a.tif": "a.tif",
    "box/roll 1/b.png": "roll 1/b.png",
    "box/roll 1/best/Grüße 猫.JPG": "roll 1/best/Grüße 猫.JPG",
    "box/roll 2/b.png": "roll 2/b.png",
    "box/roll 2/raw.DNG": "roll 2/raw.tif",
    "box/roll[1]/c.tif": "roll[1]/c.tif",
}


@pytest.mark.parametrize("given", ["box", "box/**", "box/*", "./box/", "box/../box"])
def test_the_tree_below_a_folder_is_kept(box, given):
    jobs = plan(given)
    assert {os.path.normpath(scan): output for scan, output in jobs.items()} == WHOLE_TREE
    assert not Path("out").exists()


def test_absolute_inputs_give_the_same_outputs(box):
    for given in (box.absolute(), box.absolute() / "**"):
        assert set(plan(given).values()) == set(WHOLE_TREE.values())


def test_the_working_folder_is_an_input_like_others(box, monkeypatch):
    monkeypatch.chdir(box)
    assert plan(".") == {scan.removeprefix("box/"): out for scan, out in WHOLE_TREE.items()}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("box/**/b.png", {"roll 1/b.png", "roll 2/b.png"}),
        ("box/*/b.*", {"roll 1/b.png", "roll 2/b.png"}),
        ("box/roll?1", {"roll 1/b.png", "roll 1/best/Grüße 猫.JPG"}),
        ("*/a.tif", {"box/a.tif"}),
        ("box/roll[[]1]/*", {"roll[1]/c.tif"}),
        ("box/roll[ ]1/*.png", {"roll 1/b.png"}),
        ("box/roll[1]/c.tif", {"c.tif"}),
        ("box/roll[1]/*", {"c.tif"}),
        ("box/roll[1]", {"c.tif"}),
        ("box/notes*", None),
        ("box/.tr*/*", None),
        ("box/*.tif/x", None),
        ("missing/*.tif", None),
    ],
)
def test_patterns_keep_the_tree_below_the_first_wildcard(box, pattern, expected):
    if expected is None:
        with pytest.raises(NegcolorError) as caught:
            plan(pattern)
        assert str(caught.value) == f"no pictures match {pattern}: check the pattern."
    else:
        assert set(plan(pattern).values()) == expected


@pytest.mark.parametrize("pattern", ["box/*/../../x.tif", "box/a**/x.tif"])
def test_patterns_that_lead_elsewhere_or_nowhere_are_refused(box, pattern):
    with pytest.raises(NegcolorError, match="is no pattern of files"):
        plan(pattern)


def test_a_file_is_taken_whatever_its_suffix_and_whether_hidden(box):
    touch("scan.2024", "none", ".dot.png")
    jobs = plan("box/notes.txt", "scan.2024", "none", ".dot.png", "box/roll 1/b.png")
    assert list(jobs.values()) == ["notes.tif", "scan.tif", "none.tif", ".dot.png", "b.png"]


@pytest.mark.parametrize(
    ("format_", "names"),
    [
        ("same", ["a.TIF", "b.tiff", "c.PNG", "d.jpeg", "e.tif"]),
        ("tiff", ["a.TIF", "b.tiff", "c.tif", "d.tif", "e.tif"]),
        ("png", ["a.png", "b.png", "c.PNG", "d.png", "e.png"]),
        ("jpeg", ["a.jpg", "b.jpg", "c.jpg", "d.jpeg", "e.jpg"]),
    ],
)
def test_the_format_gives_the_suffix(tmp_path, monkeypatch, format_, names):
    monkeypatch.chdir(tmp_path)
    scans = ["a.TIF", "b.tiff", "c.PNG", "d.jpeg", "e.nef"]
    touch(*scans)
    assert list(plan(*scans, format_=format_).values()) == names


@pytest.mark.parametrize(
    ("scans", "format_"),
    [
        (("1/a.png", "2/a.png"), "same"),
        (("1/a.tif", "1/a.png"), "png"),
        (("1/a.dng", "1/a.tif"), "same"),
        (("1/a.png", "1/A.png"), "same"),
        (("1/é.png", unicodedata.normalize("NFD", "1/é.png")), "same"),
    ],
)
def test_two_scans_for_one_output_are_refused(tmp_path, scans, format_):
    scans = [tmp_path / name for name in scans]
    touch(*scans)
    with pytest.raises(NegcolorError) as caught:
        plan_batch(scans, tmp_path / "out", format_)
    assert f"{scans[0]} and {scans[1]} would both become {tmp_path / 'out'}/" in str(caught.value)


def test_different_formats_are_different_outputs(tmp_path):
    touch(tmp_path / "a.tif", tmp_path / "a.tiff", tmp_path / "a.png", tmp_path / "a.jpg")
    assert len(plan(tmp_path)) == 4


def test_a_scan_that_is_named_twice_is_one_job(box):
    os.symlink("a.tif", "box/again.tif")
    assert plan("box/a.tif", "box", "box/*", box.absolute()) == WHOLE_TREE


def test_linked_folders_are_followed_only_if_named(box):
    os.symlink("..", "box/roll 1/loop")
    os.symlink("loop-2", "box/roll 1/loop-2")
    os.symlink(".", "box/self.tif")
    assert plan("box") == plan("box/**") == WHOLE_TREE
    assert set(plan("box/roll 1/loop").values()) == set(WHOLE_TREE.values())


def test_results_among_the_scans_are_no_scans(box):
    touch("box/out/a.tif", "box/out/roll 1/b.png")
    assert plan("box", "box/out/a.tif", "box/**/*.tif", output="box/out") == WHOLE_TREE


@pytest.mark.parametrize("given", ["box", "box/a.tif", "box/*"])
def test_a_folder_is_not_converted_into_itself(box, given):
    with pytest.raises(NegcolorError, match="nothing is left to convert: what lies in box "):
        plan(given, output="box", format_="png")


@pytest.mark.parametrize("link", ["out/roll 1", "out/a.tif"])
def test_outputs_that_are_scans_by_a_link_are_refused(box, link):
    Path("out").mkdir()
    os.symlink(Path("box", Path(link).name).absolute(), link)
    with pytest.raises(NegcolorError, match="is a scan itself, by a symbolic link"):
        plan("box", overwrite=True)


def test_a_contact_sheet_among_the_scans_is_no_scan_and_not_replaced(box):
    touch("box/sheet.png")
    assert plan("box", contact_sheet=Path("box/sheet.png")) == WHOLE_TREE
    with pytest.raises(NegcolorError, match=r"box/sheet\.png lies among the scans and --overwrite"):
        plan("box", contact_sheet=Path("box/sheet.png"), overwrite=True)


def test_a_contact_sheet_in_the_place_of_a_result_is_refused(box):
    with pytest.raises(NegcolorError, match=r"and the contact sheet would both become out/A\.tif"):
        plan("box", contact_sheet=Path("out/A.tif"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("empty", "empty holds no pictures"),
        ("missing.png", "missing.png does not exist"),
        ("missing/a.png", "missing/a.png does not exist"),
    ],
)
def test_inputs_without_images_are_named(box, given, sentence):
    touch("empty/notes.txt", "empty/.x.png")
    with pytest.raises(NegcolorError, match=f"^{sentence}"):
        plan("box", given)


def test_an_output_folder_that_is_a_file(box):
    for output in ("box/notes.txt", "box/notes.txt/out"):
        with pytest.raises(NegcolorError, match=r"box/notes\.txt is no folder"):
            plan("box/a.tif", output=output)


def test_an_output_folder_that_cannot_be_written_into(box, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(NegcolorError, match="--output new/out cannot be written into"):
        plan("box", output="new/out")


def test_a_folder_that_cannot_be_listed_is_named(box, monkeypatch):
    def forbidden(path):
        if Path(path).name == "roll 2":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", forbidden)
    with pytest.raises(NegcolorError, match=r"box/roll 2 cannot be listed \(Permission denied\)"):
        plan("box")


def test_what_is_there_is_finished(tmp_path):
    jobs = [Job(tmp_path / name, tmp_path / "out" / name) for name in "abcd"]
    touch(jobs[1].output)
    os.symlink("nowhere", jobs[2].output)
    assert [job.scan.name for job in unfinished(jobs)] == ["a", "d"]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GiB", 2 * 1024**3),
        ("1.5 GiB", 1536 * 1024**2),
        ("1500MB", 1_500_000_000),
        ("1.5gb", 1_500_000_000),
        (" 3g ", 3 * 1024**3),
        ("4000000k", 4_000_000 * 1024),
        ("1TB", 10**12),
        ("0.25tib", 2**38),
        ("2147483648", 2**31),
        ("2147483648 B", 2**31),
        ("1024MiB", 2**30),
    ],
)
def test_sizes_of_memory(text, size):
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    "text",
    ["", "much", "GiB", "-2GiB", "2,5GiB", "2GiBs", "2iB", "2I", "nan", "inf", "1e9", "٢GiB"],
)
def test_what_is_no_size_of_memory(text):
    with pytest.raises(NegcolorError, match="is no size of memory: write it as in 2GiB"):
        parse_memory(text)


@pytest.mark.parametrize("text", ["0", "2", "1023MiB", "1GB", "100 KiB"])
def test_what_is_too_little_memory(text):
    with pytest.raises(NegcolorError, match=f"^{text} of memory is too little"):
        parse_memory(text)
