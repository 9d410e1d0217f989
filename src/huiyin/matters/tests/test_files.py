"""What is taken, proven by its bytes; what is taken out of it; how it is kept."""

import io
import struct
import zipfile
import zlib

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from huiyin.matters import file_types, files, pictures
from huiyin.matters.models import FileKind
from huiyin.matters.refusals import FileBroken, FileKindUnknown, FileUnsafe, PictureTooLarge
from huiyin.matters.tests import sample_files as sample
from huiyin.matters.tests.sample_files import a_box, a_film, a_picture, a_zip

REFUSALS = (FileBroken, FileKindUnknown, FileUnsafe, PictureTooLarge)


@pytest.fixture
def on_disk(tmp_path):
    def put(content, name="x"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(a_picture("JPEG"), file_types.JPEG, id="jpeg"),
        pytest.param(a_picture("PNG"), file_types.PNG, id="png"),
        pytest.param(a_picture("WEBP"), file_types.WEBP, id="webp"),
        pytest.param(sample.PDF, file_types.PDF, id="pdf"),
        pytest.param(sample.DOCX, file_types.DOCX, id="docx"),
        pytest.param(sample.XLSX, file_types.XLSX, id="xlsx"),
        pytest.param(sample.ZIP, file_types.ZIP, id="zip"),
        pytest.param(sample.MP3, file_types.MP3, id="mp3"),
        pytest.param(
            b"ID3\x04\0\0\0\0\0\x05" + bytes(5) + sample.MP3, file_types.MP3, id="mp3-id3"
        ),
        pytest.param(sample.M4A, file_types.M4A, id="m4a"),
        pytest.param(sample.WAV, file_types.WAV, id="wav"),
        pytest.param(sample.OGG, file_types.OGG, id="ogg"),
        pytest.param(sample.MP4, file_types.MP4, id="mp4"),
        pytest.param(sample.MOV, file_types.MOV, id="mov"),
    ],
)
def test_a_file_is_what_its_bytes_say(on_disk, content, found):
    assert file_types.proven(on_disk(content, "harmless.txt")) == found


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(b"MZ\x90\x00" + bytes(60), FileKindUnknown, id="program"),
        pytest.param(b"<html><script>alert(1)</script>", FileKindUnknown, id="html"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', FileKindUnknown, id="svg"),
        pytest.param(b"GIF89a" + bytes(60), FileKindUnknown, id="gif"),
        pytest.param(b"short", FileKindUnknown, id="text"),
        pytest.param(b"RIFF\0\0\0\0AVI LIST", FileKindUnknown, id="avi"),
        pytest.param(b"%PDF-1.7 and then nothing", FileBroken, id="pdf-cut-off"),
        pytest.param(sample.DOCX[:60], FileBroken, id="zip-cut-off"),
        pytest.param(b"ID3\x04\0\0\0\0\0\x05" + bytes(500), FileBroken, id="id3-without-sound"),
        pytest.param(sample.MP4[:-6], FileBroken, id="film-cut-off"),
        pytest.param(a_box(b"ftyp", b"isom" + bytes(8)), FileBroken, id="film-without-film"),
        pytest.param(a_film(b"xxxx"), FileKindUnknown, id="film-of-unknown-brand"),
        pytest.param(a_zip({"../../etc/passwd": "x"}), FileUnsafe, id="zip-out-of-its-folder"),
        pytest.param(a_zip({"照片.jpg.exe": "x"}), FileUnsafe, id="zip-with-program"),
        pytest.param(a_zip({"more.zip": sample.ZIP}), FileUnsafe, id="zip-in-zip"),
        pytest.param(a_zip({"0": bytes(30_000_000)}), FileUnsafe, id="zip-bomb"),
        pytest.param(
            a_zip({"[Content_Types].xml": "", "word/document.xml": "", "word/vbaProject.bin": ""}),
            FileUnsafe, id="word-with-macros",
        ),
        pytest.param(
            a_zip({"[Content_Types].xml": "…macroEnabled…", "xl/workbook.xml": ""}),
            FileUnsafe, id="excel-with-macros",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_not_sound_is_refused(on_disk, content, refusal):
    with pytest.raises(refusal):
        file_types.proven(on_disk(content, "photo.jpg"))


def test_a_locked_archive_is_refused(on_disk):
    content = bytearray(sample.ZIP)
    for signature in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.index(signature) + (6 if signature == b"PK\x03\x04" else 8)
        content[at] |= 1

    with pytest.raises(FileUnsafe):
        file_types.proven(on_disk(bytes(content)))


def test_an_archive_of_too_many_files_is_refused(on_disk):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(file_types.MOST_ENTRIES + 1):
            archive.writestr(str(number), "")

    with pytest.raises(FileUnsafe):
        file_types.proven(on_disk(target.getvalue()))


SEEDS = [
    a_picture("JPEG"), a_picture("PNG"), a_picture("WEBP"), sample.HEIC, sample.PDF, sample.DOCX,
    sample.ZIP, sample.MP3, sample.M4A, sample.WAV, sample.OGG, sample.MP4,
]  # fmt: skip


@given(
    seed=st.sampled_from(SEEDS), at=st.integers(0, 2_000), put=st.binary(max_size=12),
    cut=st.integers(0, 2_000),
)  # fmt: skip
def test_whatever_bytes_come_the_answer_is_a_type_or_a_refusal(
    tmp_path_factory, seed, at, put, cut
):
    at, cut = at % len(seed), cut % len(seed)
    content = (seed[:at] + put + seed[at + len(put) :])[: len(seed) - cut]
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "x"
    path.write_bytes(content)
    try:
        found = file_types.proven(path)
        if found.kind is FileKind.IMAGE:
            pictures.clean_picture(path, found, into=folder / "y")
        elif found is file_types.MP4:
            pictures.blot_video(path)
    except REFUSALS:
        pass


# --- pictures -----------------------------------------------------------------------------------


def a_photo(form="JPEG", size=(40, 20)):
    """A photo as a phone takes it: lying on its side, with place, time and owner."""
    picture = Image.new("RGB", size, (10, 120, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "PhoneMaker"
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (37.0, 26.0, 12.5), 3: "E", 4: (116.0, 18.0, 3.0)})
    target = io.BytesIO()
    picture.save(
        target, format=form, exif=exif, **({"comment": b"Li Juan"} if form == "JPEG" else {})
    )
    return target.getvalue()


@pytest.mark.parametrize(
    ("form", "found"),
    [("JPEG", file_types.JPEG), ("PNG", file_types.PNG), ("WEBP", file_types.WEBP)],
)
def test_place_time_and_owner_are_taken_out_of_a_picture_and_it_stands_upright(
    on_disk, tmp_path, form, found
):
    photo = a_photo(form)
    assert b"PhoneMaker" in photo

    made = pictures.clean_picture(on_disk(photo), found, into=tmp_path / "clean")

    content = (tmp_path / "clean").read_bytes()
    with Image.open(tmp_path / "clean") as kept:
        assert (kept.size, dict(kept.getexif()), kept.format) == ((20, 40), {}, form)
        assert {"exif", "comment", "xmp", "icc_profile"} & kept.info.keys() == set()
    assert b"PhoneMaker" not in content
    assert b"Li Juan" not in content
    assert (made.width, made.height) == (20, 40)


def test_a_picture_of_an_iphone_becomes_jpeg(on_disk, tmp_path):
    photo = on_disk(sample.HEIC)

    found = file_types.proven(photo)
    made = pictures.clean_picture(photo, found, into=tmp_path / "clean")

    assert (found, made.type) == (file_types.HEIC, file_types.JPEG)
    with Image.open(tmp_path / "clean") as kept:
        assert (kept.format, kept.size) == ("JPEG", (16, 8))
        red, green, _blue = kept.getpixel((8, 4))
    assert red > 150 > 80 > green


def test_words_hidden_in_a_picture_are_gone(on_disk, tmp_path):
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "李娟", zip=True)
    hidden = a_picture("PNG", pnginfo=words) + b"PK\x03\x04 and a program behind it"

    pictures.clean_picture(on_disk(hidden), file_types.PNG, into=tmp_path / "clean")

    content = (tmp_path / "clean").read_bytes()
    assert b"Author" not in content
    assert content.endswith(b"IEND\xaeB`\x82")


def test_a_see_through_picture_stays_so(on_disk, tmp_path):
    see_through = a_picture("PNG", mode="RGBA", color=(1, 2, 3, 4))

    pictures.clean_picture(on_disk(see_through), file_types.PNG, into=tmp_path / "clean")

    with Image.open(tmp_path / "clean") as kept:
        assert kept.getpixel((0, 0)) == (1, 2, 3, 4)


def test_thumbnails_are_made_in_two_sizes(on_disk, tmp_path):
    wide = a_picture("JPEG", size=(2_000, 1_000))

    made = pictures.clean_picture(on_disk(wide), file_types.JPEG, into=tmp_path / "clean")

    sizes = {name: Image.open(io.BytesIO(one)).size for name, one in made.thumbnails.items()}
    assert sizes == {"small": (240, 120), "large": (960, 480)}


def test_a_picture_that_is_small_already_is_its_own_thumbnail(on_disk, tmp_path):
    made = {
        size: pictures.clean_picture(
            on_disk(a_picture("JPEG", size=size)), file_types.JPEG, into=tmp_path / "clean"
        )
        for size in ((240, 180), (960, 720), (720, 961))
    }

    assert {size: sorted(one.thumbnails) for size, one in made.items()} == {
        (240, 180): [], (960, 720): ["small"], (720, 961): ["large", "small"],
    }  # fmt: skip


def test_a_picture_of_few_points_and_many_bytes_has_thumbnails(on_disk, tmp_path):
    noise = Image.effect_noise((400, 400), 90).convert("RGB")
    heavy = io.BytesIO()
    noise.save(heavy, "PNG")

    made = pictures.clean_picture(
        on_disk(heavy.getvalue()), file_types.PNG, into=tmp_path / "clean"
    )

    sizes = {name: Image.open(io.BytesIO(one)).size for name, one in made.thumbnails.items()}
    assert sizes == {"large": (400, 400), "small": (240, 240)}


def test_a_picture_that_unpacks_to_too_many_points_is_refused_before_it_is_read(on_disk, tmp_path):
    bomb = bytearray(a_picture("PNG"))
    for width, height in ((10_000, 7_000), (30_000, 30_000), (20_001, 1)):
        bomb[16:24] = struct.pack(">II", width, height)
        crc = struct.pack(">I", zlib.crc32(bytes(bomb[12:29])))
        bomb[29:33] = crc

        with pytest.raises(PictureTooLarge):
            pictures.clean_picture(on_disk(bytes(bomb)), file_types.PNG, into=tmp_path / "c")


def test_a_film_forgets_where_it_was_taken_and_stays_as_long(on_disk):
    where = a_box(b"udta", a_box(b"\xa9xyz", b"+37.4366+116.3028/"))
    film = a_film(about=where + a_box(b"trak", a_box(b"tkhd", b"1") + a_box(b"meta", b"Li Juan")))
    path = on_disk(film)

    pictures.blot_video(path)

    content = path.read_bytes()
    assert len(content) == len(film)
    assert b"+37.4366" not in content
    assert b"Li Juan" not in content
    assert b"tkhd" in content
    assert file_types.proven(path) == file_types.MP4


# --- the store ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_bytes_lie_in_one_place_under_their_digest():
    with files.draft() as one, files.draft() as other:
        one.write_bytes(b"the same")
        other.write_bytes(b"the same")
        first = files.keep(one, parts={"small": b"thumb"})
        second = files.keep(other, parts={})

    assert first == second
    assert files.path_of(first).read_bytes() == b"the same"
    assert files.path_of(first, "small").read_bytes() == b"thumb"


@pytest.mark.django_db
def test_many_may_keep_the_same_file_at_once_and_whoever_removes_it_is_alone():
    def held():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            return {mode for (mode,) in cursor.fetchall()}

    with files.draft() as path:
        path.write_bytes(b"a photo of two")
        sha256 = files.keep(path, parts={})
    assert held() == {"ShareLock"}

    files.lock(sha256)
    assert held() == {"ShareLock", "ExclusiveLock"}


def test_a_draft_is_gone_whatever_happens():
    def half_written():
        with files.draft() as path:
            left.append(path)
            path.write_bytes(b"half")
            raise ZeroDivisionError

    left = []

    with pytest.raises(ZeroDivisionError):
        half_written()

    assert not left[0].exists()


@pytest.mark.django_db
def test_files_are_readable_for_their_owner_alone():
    with files.draft() as path:
        path.write_bytes(b"secret")
        sha256 = files.keep(path, parts={})

    kept = files.path_of(sha256)
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0
