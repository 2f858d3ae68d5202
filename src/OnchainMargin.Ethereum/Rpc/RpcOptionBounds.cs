using System.Globalization;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Refuses a number of a client's options by its name, with what it is and what it may be.</summary>
internal static class RpcOptionBounds
{
    /// <summary>The least time that is one.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Requires a value between two, both included.</summary>
    /// <exception cref="EthereumFormatException">Thrown when it is outside.</exception>
    public static void Require<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            throw new EthereumFormatException(string.Create(CultureInfo.InvariantCulture, $"The node's option {name} is {value}; give {least} to {most}."));
        }
    }

    /// <summary>Requires a value of at least so much.</summary>
    /// <exception cref="EthereumFormatException">Thrown when it is less.</exception>
    public static void Require<T>(T value, T least, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(least) < 0)
        {
            throw new EthereumFormatException(string.Create(CultureInfo.InvariantCulture, $"The node's option {name} is {value}; give {least} or more."));
        }
    }
}
