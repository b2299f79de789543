"""The pictures of a file under the name that its readers import."""

from tem_virus_dataset.formats.pictures.picture import Picture as Picture
from tem_virus_dataset.formats.pictures.picture import Statement as Statement
