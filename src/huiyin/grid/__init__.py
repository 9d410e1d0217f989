"""Grid matters (网格事项): what is seen on the spot, from report to answer."""
