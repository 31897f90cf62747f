"""What setup.cfg cannot say: the same sources give the same bytes, whenever and wherever they are built."""

import gzip
import os
import tarfile

from setuptools import setup
from setuptools.command.sdist import sdist

EPOCH = int(
    os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")
)  # 1980, the earliest that a wheel can tell


class ReproducibleSdist(sdist):
    """A source distribution that tells nothing of who made it, and when."""

    def make_archive(self, *args, **kwargs):
        path = super().make_archive(*args, **kwargs)
        with tarfile.open(path) as made:
            members = [(member, made.extractfile(member)) for member in made.getmembers()]
            with (
                open(path + ".new", "wb") as file,
                gzip.GzipFile("", "wb", fileobj=file, mtime=EPOCH) as zipped,
                tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
            ):
                for member, content in sorted(members, key=lambda one: one[0].name):
                    archive.addfile(anonymous(member), content)
        os.replace(path + ".new", path)
        return path


def anonymous(member):
    """The same file, of nobody, from no time in particular."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = EPOCH
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    member.pax_headers = {}
    return member


setup(cmdclass={"sdist": ReproducibleSdist})
