namespace OnchainMargin.Solver.Api;

/// <summary>Somebody whom the owner lets act for an account.</summary>
/// <param name="Address">Who.</param>
/// <param name="Rights">Bit 0 signs orders, bit 1 cancels them, bit 2 touches the account and moves between accounts of its owner.</param>
/// <param name="UntilSeconds">The last second of it, in Unix seconds.</param>
internal sealed record DelegateView(
    string Address, int Rights, string UntilSeconds);
