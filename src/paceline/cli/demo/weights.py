"""Act 16: weights that nobody has data about are refused without a request; what dials nothing otherwise is applied."""

from __future__ import annotations

from decimal import Decimal

from paceline.campaign.weights.changes import SetWeights
from paceline.cli.demo.scene import Scene
from paceline.cli.demo.telling import Act, check, finding_of
from paceline.primitives.ids import CampaignId

TUNED = CampaignId("CMP-90001")
_NOISE = Decimal("0.000000001")


def weights_want_data(scene: Scene) -> Act:
    """Move weights by next to nothing, and by a good deal, without data; then switch drift protection on."""
    scene.behind.control(
        "POST",
        "/campaigns",
        {
            "id": TUNED,
            "status": "ACTIVE",
            "revision": 5,
            "predictiveDialerSettings": {
                "algorithmId": "predictive-2",
                "parameterWeights": {"call_rate": 0.1, "predictive_factor": -0.1},
                "validationSplit": 0.8,
                "maxDeviationLimit": 0.2,
                "convergenceThreshold": 0.01,
            },
            "configuration": {"enablePredictiveTuning": True, "simulationTrigger": "manual", "driftProtection": False},
        },
    )
    before = scene.behind.journal()["total"]
    noise, bold = (
        scene.ada.run(SetWeights(campaign=TUNED, adjusted={"call_rate": Decimal("0.1") + by}))
        for by in (_NOISE, Decimal("0.15"))
    )
    for refused in (noise, bold):
        check("how weights end that nobody has data about", wanted="refused", found=refused.word)
    check("the requests that they cost", wanted=before, found=scene.behind.journal()["total"])
    applied = scene.ada.run(SetWeights(campaign=TUNED, drift_protection=True))
    check("how drift protection ends", wanted=("applied", "achieved"), found=(applied.word, applied.verdict))
    held = scene.behind.shown(TUNED)
    check("the drift protection that the platform holds", wanted=True, found=held["configuration"]["driftProtection"])
    check(
        "the weights that it holds", wanted=0.1, found=held["predictiveDialerSettings"]["parameterWeights"]["call_rate"]
    )
    return Act(
        title="Weights that nobody has data about",
        word="refused",
        does=f"ada moves a weight of {TUNED} by 0.000000001, and by 0.15",
        came=f"both {bold.word}, and no request is made: {finding_of(bold, 'weights.no-data')}; drift protection, "
        f"which dials nothing otherwise, is {applied.word} (revision 5 to {held['revision']})",
        outcomes=[noise, bold, applied],
    )
