using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>What this node would publish of one underlying now.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Steps">One for each expiry that is meant, listed or to be, in the order in which the contract is to check them.</param>
/// <param name="IsDue">Whether it is time: something moved, is new, or gets old.</param>
internal sealed record SurfacePlan(ushort Underlying, string Name, IReadOnlyList<SteppedSurface> Steps, bool IsDue)
{
    /// <summary>The second of the oldest surface in force that a step would take the place of; of now where there is none.</summary>
    public long OldestSeconds { get; init; }
}
