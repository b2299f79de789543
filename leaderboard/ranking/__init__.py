"""From records to ranked rows: seeds merged, differences tested, published rows beside them."""
