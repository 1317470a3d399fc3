"""Colors, phases and budgets of companion studies of invented numbers."""

from negcolor.studies import companion_quality


def test_colors_beside_those_of_grey_and_of_the_truth(companion_results, cells):
    results = companion_results("004", seeds=(0, 1))
    row = cells(companion_quality.color_table(results))["archaeology-gan"]
    assert row == (
        "9.25 ± 0.35",  # 9 and 9.5
        "12.00 ± 0.00",
        "−22.9 %",  # 9.25 / 12
        "11.00 ± 0.00",
        "25.0 ± 0.0",
        "45.0 ± 0.0",
        "25.0 %",
    )
    rows = cells(companion_quality.phase_table(results), 2)
    assert rows["archaeology-gan", "phase_1"] == (
        *("3", "16.00 ± 0.00", "12.50 ± 0.00", "9.00 ± 0.00", "17.00 ± 0.00"),
    )


def test_what_was_trained_stands_beside_the_papers_budget(companion_results, cells):
    results = companion_results("003", without=["deep-koalarization-seed-0"])
    table = companion_quality.trained_table(results)
    row = cells(table)["inception-gan-quarter-batch"]
    assert row[1:] == ("8 (35)", "all pictures", "2 (16)", "32 (256)", "4 (64)", "keras", "1 of 1")
    assert cells(table)["deep-koalarization"][-1] == "0 of 1"
    assert table.sentences[1] == "Without a result: deep-koalarization with seed 0."
    assert cells(table)["pix2pix"][-2] == ""  # it has no backbones
