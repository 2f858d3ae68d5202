using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OnchainMargin.Solver.Api;

/// <summary>Lists page by page, each asked for in the same words: <c>limit</c> says how many, <c>before</c> (of those whose newest come first) or <c>after</c> where the page before ended.</summary>
internal static class Paging
{
    /// <summary>The most on one page.</summary>
    public const int Largest = 500;

    /// <summary>Why there is no page of so many; null where there is.</summary>
    public static ProblemHttpResult? Defect(int limit) => limit is >= 1 and <= Largest ? null
        : ApiSetup.Bad(string.Create(CultureInfo.InvariantCulture, $"The limit is {limit}; give a number from 1 to {Largest}."));
}
