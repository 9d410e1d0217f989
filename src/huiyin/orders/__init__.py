"""Service orders (百姓点单): what residents order and departments deliver."""
