"""What each released model is for, and what it cannot do: what no record states."""

import types

INTENDED = types.MappingProxyType(
    {
        "virus-two-step": "Detects particles of eleven viruses in negative-stain micrographs, "
        "names their class, and measures them: a detector marks them in eight rotations and "
        "reflections, a classifier of patches names them with it. For counting and sorting in "
        "research, looked over by a person.",
        "virus-two-step-fast": "As `virus-two-step`, but the detector sees each micrograph once, "
        "and the classifier alone names the particles: faster, and less often correct. For "
        "counting and sorting in research, looked over by a person.",
        "virus-detector": "Detects particles of eleven viruses in negative-stain micrographs, "
        "names their class, and measures them. One network, faster than `virus-two-step` and less "
        "often correct. For counting and sorting in research, looked over by a person.",
        "virus-classifier": "Names the virus in the middle of a patch of 256 nm of a negative-"
        "stain micrograph. For particles that a person or a detector has marked.",
        "exosome-detector": "Detects extracellular vesicles in negative-stain micrographs. For a "
        "first look: it misses most of them.",
    }
)
LIMITS = types.MappingProxyType(
    {
        "virus-two-step": (
            "It knows eleven viruses of one collection. Another one is often not recognized as "
            "unknown, and gets one of these names: see the card of virus-classifier.",
            "Test micrographs are of the imaging sessions that it was trained on. Another "
            "microscope, stain or session was not tried, and will give lower scores.",
            "It detects none of the filaments of Ebola virus, and misses four of ten Astroviruses "
            "and Noroviruses.",
            "Ice (cryo-EM), sections and positive stain are not known to it.",
        ),
        "virus-two-step-fast": (
            "It knows eleven viruses of one collection. Another one is often not recognized as "
            "unknown, and gets one of these names: see the card of virus-classifier.",
            "Test micrographs are of the imaging sessions that it was trained on. Another "
            "microscope, stain or session was not tried, and will give lower scores.",
            "It names what the detector detects: few of the filaments of Ebola and Marburg virus, "
            "and four of ten Astroviruses and Noroviruses.",
            "Ice (cryo-EM), sections and positive stain are not known to it.",
        ),
        "virus-detector": (
            "It knows eleven viruses of one collection. Any other virus gets one of these names, "
            "or no box.",
            "Test micrographs are of the imaging sessions that it was trained on. Another "
            "microscope, stain or session was not tried, and will give lower scores.",
            "Ebola and Marburg virus are filaments; it detects few of them. Viruses of one size, "
            "such as Adenovirus, Rotavirus and Rift Valley virus, are taken for one another.",
            "Ice (cryo-EM), sections and positive stain are not known to it.",
        ),
        "virus-classifier": (
            "It knows eleven viruses. Another one is often not recognized as unknown (above), and "
            "gets one of these names.",
            "Its novelty was the best score on classes left out of trainings. That did not carry "
            "over to the three real unknown viruses: there its largest probability has an AUROC of "
            ".889. It was not exchanged, since that would be a choice on test.",
            "Test micrographs are of the imaging sessions that it was trained on. On patches that "
            "another group cut from the same collection its accuracy is .915.",
            "The pixel size must be right: size is what tells many viruses apart.",
        ),
        "exosome-detector": (
            "It was trained on synthetic micrographs alone. On 25 real ones it detects three of "
            "ten vesicles, and half of its detections are wrong.",
            "Dark vesicles that touch are mostly missed.",
        ),
    }
)
