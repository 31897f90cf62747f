"""What setup.cfg cannot say: the same sources give the same bytes, whenever and wherever they are built."""

import gzip
import os
import tarfile
import time
import zipfile

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.editable_wheel import editable_wheel
from setuptools.command.sdist import sdist

# The time of all files; 1980 is the earliest that a wheel can tell.
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH") or "315532800")


class ReproducibleSdist(sdist):
    """A source distribution that tells nothing of who made it, and when."""

    def make_archive(self, base_name, kind, *args, **kwargs):
        path = super().make_archive(base_name, kind, *args, **kwargs)
        if kind == "gztar":
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


class ReproducibleWheel(bdist_wheel):
    """A wheel whose files everybody may read, whoever made it."""

    def run(self):
        super().run()
        for kind, _, path in self.distribution.dist_files:
            if kind == "bdist_wheel":
                with zipfile.ZipFile(path) as made, zipfile.ZipFile(path + ".new", "w") as archive:
                    for name in sorted(made.namelist()):
                        member = zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6])
                        member.external_attr = 0o100644 << 16
                        archive.writestr(member, made.read(name), zipfile.ZIP_DEFLATED)
                os.replace(path + ".new", path)


class StrictEditableWheel(editable_wheel):
    """``pip install -e`` in the mode in which twistd finds the plugins, unless another is asked for."""

    def initialize_options(self):
        super().initialize_options()
        self.mode = "strict"


setup(
    cmdclass={
        "bdist_wheel": ReproducibleWheel,
        "editable_wheel": StrictEditableWheel,
        "sdist": ReproducibleSdist,
    }
)
