namespace OnchainMargin.Solver.Options;

/// <summary>Thrown at the start when options cannot be used; one sentence for each.</summary>
public sealed class SolverOptionsException : Exception
{
    /// <summary>Creates the exception with its sentences.</summary>
    public SolverOptionsException(IReadOnlyList<string> sentences)
        : base(string.Join(Environment.NewLine, sentences)) => Sentences = sentences;

    /// <summary>One sentence for each option that cannot be used.</summary>
    public IReadOnlyList<string> Sentences { get; }
}
