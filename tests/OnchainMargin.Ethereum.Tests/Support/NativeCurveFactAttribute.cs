using OnchainMargin.Ethereum.Curve;

namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>A fact about the native curve library, skipped where the system has none.</summary>
internal sealed class NativeCurveFactAttribute : FactAttribute
{
    public NativeCurveFactAttribute()
    {
        if (Secp256k1.Native is null)
        {
            Skip = "libsecp256k1 with its recovery module is not installed (Debian: libsecp256k1-1); only the managed curve was tested.";
        }
    }
}
