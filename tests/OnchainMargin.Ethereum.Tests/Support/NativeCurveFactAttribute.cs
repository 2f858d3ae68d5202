using OnchainMargin.Ethereum.Curve;

namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>A fact about the native curve library and the shared vectors, skipped with the reason where either is absent.</summary>
internal sealed class NativeCurveFactAttribute : FactAttribute
{
    public NativeCurveFactAttribute()
    {
        if (Secp256k1.Native is null)
        {
            Skip = "libsecp256k1 with its recovery module is not installed (Debian: libsecp256k1-1); only the managed curve was tested.";
        }
        else if (!Directory.Exists(TestFiles.SharedData("reference/eth")))
        {
            Skip = "../shared/data/reference/eth is absent.";
        }
    }
}
