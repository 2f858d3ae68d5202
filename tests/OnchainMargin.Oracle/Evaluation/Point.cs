using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>One loss that `between` looks at: the shock, the interval, and the position whose kink it is, or −1 and the node.</summary>
public sealed record Point(int Shock, int A, int B, int Position, int Node, BigInteger Loss24);
