"""Files of every kind, damaged at random, end in an image or in one line. `fuzz.py` does it longer."""

import time
from pathlib import Path

import cv2
import fuzz
import numpy as np
import pytest
import small_dm
import small_emd
import small_mrc
import small_ser
import tifffile
from PIL import Image
