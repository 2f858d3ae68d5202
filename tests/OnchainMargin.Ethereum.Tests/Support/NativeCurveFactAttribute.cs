using OnchainMargin.Ethereum.Curve;

namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>A fact about the native curve library and the shared vectors, skipped with the reason where either is absent.</summary>
internal sealed class NativeCurveFactAttribute : FactAttribute
{
    public NativeCurveFactAttribute() =>
        Skip = Secp256k1.Native is null ? Needs.Sentence("libsecp256k1 with its recovery module", "apt-get install libsecp256k1-1") : Needs.SharedData("reference/eth");
}
