using System.Numerics;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Models.Portfolios;

/// <summary>The normal distribution function of as many numbers at once as the machine takes: Hart's rational approximation (1968, as West gives it, 2005), good to 1e-14.</summary>
internal static class NormalVector
{
    private const double Far = 7.07106781186547;
    private const double Furthest = 37;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<double> Cdf(Vector<double> x)
    {
        var y = Vector.Min(Vector.Abs(x), new Vector<double>(Furthest));
        var e = Vector.Exp(y * y * new Vector<double>(-0.5));
        var top = (y * new Vector<double>(3.52624965998911e-02)) + new Vector<double>(0.700383064443688);
        top = (top * y) + new Vector<double>(6.37396220353165);
        top = (top * y) + new Vector<double>(33.912866078383);
        top = (top * y) + new Vector<double>(112.079291497871);
        top = (top * y) + new Vector<double>(221.213596169931);
        top = (top * y) + new Vector<double>(220.206867912376);
        var bottom = (y * new Vector<double>(8.83883476483184e-02)) + new Vector<double>(1.75566716318264);
        bottom = (bottom * y) + new Vector<double>(16.064177579207);
        bottom = (bottom * y) + new Vector<double>(86.7807322029461);
        bottom = (bottom * y) + new Vector<double>(296.564248779674);
        bottom = (bottom * y) + new Vector<double>(637.333633378831);
        bottom = (bottom * y) + new Vector<double>(793.826512519948);
        bottom = (bottom * y) + new Vector<double>(440.413735824752);

        // Beyond the fit's end the tail is under 1e-12: the rational part stays near its value there, and the exponential does the rest.
        var upper = e * top / bottom;
        var lower = Vector.ConditionalSelect(Vector.LessThan(y, new Vector<double>(Far)), upper, e / (y + (Vector<double>.One / (y + (new Vector<double>(2) / (y + (new Vector<double>(3) / (y + (new Vector<double>(4) / (y + new Vector<double>(0.65)))))))))) * new Vector<double>(0.3989422804014327));
        return Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<double>.Zero), Vector<double>.One - lower, lower);
    }
}
