using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Doctor;

/// <summary>Whether the netting floors of each risk group are one: the largest of those that an account touches holds for it (MRG-033), so where they differ a stranger's deposit of dust can raise its margin. No contract compares them.</summary>
internal static class NettingFloors
{
    private const int Decimals = 8;

    /// <summary>What was found.</summary>
    /// <param name="underlyings">The records of all underlyings.</param>
    /// <param name="name">The name of an underlying.</param>
    public static Finding Look(IEnumerable<UnderlyingRecord> underlyings, Func<ushort, string> name)
    {
        string[] unequal =
        [
            .. underlyings.GroupBy(static record => record.Group).Where(static group => group.DistinctBy(static record => record.Parameters.NettingFloorE8).Skip(1).Any())
                .Select(group => $"group {group.Key} ({string.Join(", ", group.Select(record => $"{name(record.Underlying)} {FixedPointText.Format(record.Parameters.NettingFloorE8, Decimals)}"))})"),
        ];
        return unequal.Length == 0
            ? new Finding("parameters", FindingState.Well, "the netting floors of each risk group are equal")
            : new Finding("parameters", FindingState.Odd, $"netting floors differ in {string.Join(" and ", unequal)}: anybody's deposit can raise a margin there; governance sets those of a group in one transaction");
    }
}
