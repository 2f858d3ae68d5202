using OnchainMargin.Cli;

return await Omargin.RunAsync(args);
